"""Who may do what with invitations, and which sides there are."""
