"""Pages of what follows a published list: measures, orders, bars, recommendations, commendations, common control."""
