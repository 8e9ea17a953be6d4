"""表札 — whose house it is and where: programs, municipalities, support bodies, real places."""
