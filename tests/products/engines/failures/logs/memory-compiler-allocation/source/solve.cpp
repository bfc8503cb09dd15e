#include <array>
#include <tuple>
#include <utility>
template <int N, unsigned M> struct deep { static constexpr unsigned value = deep<N - 1, M>::value + deep<N - 1, M + (1u << N)>::value; };
template <unsigned M> struct deep<0, M> { static constexpr unsigned value = M; };
int main() { return deep<24, 0u>::value == 7; }
