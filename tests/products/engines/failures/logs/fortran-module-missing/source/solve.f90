program solve
  use netcdf_nosuch
  print *, 1
end program
