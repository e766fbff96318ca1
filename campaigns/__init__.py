"""What we ask for: campaigns, demands and what came of them; petitions and demonstrations are rooms inside."""
