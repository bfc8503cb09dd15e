#include "tables.h"
int main() { return 0; }
