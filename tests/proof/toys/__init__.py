"""Two toy services, as small as can be and wired as real ones: `toys` publishes, `shelf` reads and emits."""
