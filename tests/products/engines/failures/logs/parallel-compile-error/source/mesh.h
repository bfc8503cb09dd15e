struct mesh { int cells; int errors; };
