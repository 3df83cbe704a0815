"""What is true for everybody: content, dates, answers. Pure: no database, no network, no clock."""
