"""What operators do with events: functions that the command line and the pages share.

`choice` says which · `letters` reads what is parked or dead · `deciding` replays, discards and takes back ·
`resuming` ends stops · `diverging` accepts what a restore left apart · `lag` says how far behind ·
`decisions` keeps who decided what, when and why.

A plan is made first and shown: what it would do, and what was applied already. What is done afterwards is
done to the rows of the plan; a row that changed in between is left alone.
"""
