#include <cstdio>
#include <vector>
int main() { std::vector<std::vector<char>> tables; for (int i = 0; i < 64; ++i) { tables.emplace_back(256 << 20); std::printf("table %d\n", i); std::fflush(stdout); } }
