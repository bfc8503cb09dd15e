program solve
  use flux
  real(4) :: x = 1.5
  integer :: n
  call error_norm(x, n)
  print *, n
end program
