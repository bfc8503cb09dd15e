module flux
  use iso_fortran_env, only: real64
contains
  subroutine error_norm(x, n)
    real(real64), intent(in) :: x
    integer, intent(out) :: n
    n = int(x)
  end subroutine
end module
