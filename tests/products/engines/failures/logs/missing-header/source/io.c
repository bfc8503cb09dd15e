#include <stdio.h>
#include <nosuch/adios_io.h>
int io(void) { return 1; }
