#include <stdio.h>
#include "error.h"
int main(void) { int unused; printf("%d\n", error_count()); return 0; }
