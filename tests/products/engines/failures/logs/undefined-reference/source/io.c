int io(void) { return 1; }
