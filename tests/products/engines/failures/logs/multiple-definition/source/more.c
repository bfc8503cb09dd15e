int verbose;
int error_count(void) { return 1; }
