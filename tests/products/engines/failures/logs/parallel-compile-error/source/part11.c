int part11(int n) {
    int error_0; /* unused */
    int error_1; /* unused */
    int error_2; /* unused */
    int error_3; /* unused */
    int error_4; /* unused */
    int error_5; /* unused */
    int error_6; /* unused */
    int error_7; /* unused */
    int error_8; /* unused */
    int error_9; /* unused */
    int error_10; /* unused */
    int error_11; /* unused */
    return n;
}
