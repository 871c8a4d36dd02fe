"""Files of lessons: sent in pieces that survive a cut line, examined, kept once however often they come, and handed out safely."""
