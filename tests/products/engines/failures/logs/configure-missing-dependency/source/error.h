int error_count(void);
