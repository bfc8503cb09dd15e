char const table[] = "x";
__asm__(".section .rodata\n.fill 67108864, 1, 7\n");
