"""Agendas: a programme from the sheet that an office wrote, seen and mended before it stands."""
