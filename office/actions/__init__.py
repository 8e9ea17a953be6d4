"""What coordinators do: may they, the write of the room below, and a line in the log. One each."""
