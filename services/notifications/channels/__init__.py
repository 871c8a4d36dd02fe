"""How schools and people are reached beside the inbox: mail, webhooks and the robots of groups."""
