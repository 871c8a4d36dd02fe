// Bundles the sources into ../static/dist under names that carry a hash of their content, so that browsers may keep
// them for ever, and writes manifest.json {"app.css": "app-<hash>.css", …}, which `shared.web` reads.
import { build } from "esbuild";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

const dist = join(import.meta.dirname, "../static/dist");
const next = `${dist}.next`; // moved into place at the end: a server that runs never sees half a build

await rm(next, { recursive: true, force: true });
await mkdir(next, { recursive: true });
const { metafile } = await build({
  absWorkingDir: join(import.meta.dirname, "src"),
  entryPoints: [
    { in: "app.js", out: "app" },
    { in: "upload.js", out: "upload" }, // on the pages that send files
    { in: "tongxing.css", out: "app" },
    { in: "icons.svg", out: "icons" },
  ],
  bundle: true,
  minify: true,
  legalComments: "none",
  loader: { ".svg": "copy" },
  entryNames: "[name]-[hash]",
  target: ["chrome99", "firefox100", "safari15.4"], // what school offices still run
  outdir: next,
  metafile: true,
});

const manifest = {};
for (const path of Object.keys(metafile.outputs)) {
  const file = basename(path);
  manifest[file.replace(/-[A-Z0-9]{8}(?=\.)/, "")] = file;
}
await writeFile(join(next, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
await rm(dist, { recursive: true, force: true });
await rename(next, dist);
console.log(`  ${(await readdir(dist)).join("  ")}`);
