"""Pages of needs: reading, raising, acting, bringing, and what is due."""
