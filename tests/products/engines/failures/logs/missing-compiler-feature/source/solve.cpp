#include <expected>
#include <string>
// needs C++23 as of a later standard library
std::expected<int, std::string> error_or(int n) { if (n < 0) return std::unexpected("error: negative"); return n; }
int main() { return error_or(3).and_then([](int n) -> std::expected<int, std::string> { return n - 3; }).value(); }
