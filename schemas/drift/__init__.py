"""How one form of a return differs from another, and the map that carries files of the one over to the other."""
