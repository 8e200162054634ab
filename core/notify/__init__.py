"""Messages to people: kept in an inbox, carried further by channels that each person chooses."""
