/* All ranks write one HDF5 file together, each its own rows; then each reads columns that others
 * wrote, and counts what is not as it was written. */
#include <hdf5.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 64, COLUMNS = 4096 }; /* rows of each rank */

static double value(hsize_t row, hsize_t column) { return 1000.0 * (double)row + (double)column; }

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const hsize_t all[2] = {(hsize_t)ROWS * ranks, COLUMNS};
  double *data = malloc(sizeof(double) * (size_t)(all[0] * COLUMNS));

  hid_t access = H5Pcreate(H5P_FILE_ACCESS), transfer = H5Pcreate(H5P_DATASET_XFER);
  H5Pset_fapl_mpio(access, MPI_COMM_WORLD, MPI_INFO_NULL);
  H5Pset_dxpl_mpio(transfer, H5FD_MPIO_COLLECTIVE);

  hid_t file = H5Fcreate("together.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  hid_t space = H5Screate_simple(2, all, NULL);
  hid_t set = H5Dcreate2(file, "/values", H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT,
                         H5P_DEFAULT);
  hsize_t start[2] = {(hsize_t)ROWS * rank, 0}, count[2] = {ROWS, COLUMNS};
  for (hsize_t i = 0; i < ROWS; i++)
    for (hsize_t j = 0; j < COLUMNS; j++) data[i * COLUMNS + j] = value(start[0] + i, j);
  hid_t mine = H5Screate_simple(2, count, NULL);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL);
  int failed = H5Dwrite(set, H5T_NATIVE_DOUBLE, mine, space, transfer, data) < 0;
  H5Sclose(mine), H5Dclose(set), H5Fclose(file);

  file = H5Fopen("together.h5", H5F_ACC_RDONLY, access);
  set = H5Dopen2(file, "/values", H5P_DEFAULT);
  const hsize_t width = COLUMNS / ranks;
  hsize_t from[2] = {0, width * rank}, size[2] = {all[0], width};
  mine = H5Screate_simple(2, size, NULL);
  H5Sselect_hyperslab(space, H5S_SELECT_SET, from, NULL, size, NULL);
  failed |= H5Dread(set, H5T_NATIVE_DOUBLE, mine, space, transfer, data) < 0;
  long sums[2] = {failed, 0}, total[2];
  for (hsize_t i = 0; i < size[0]; i++)
    for (hsize_t j = 0; j < width; j++)
      if (data[i * width + j] != value(i, from[1] + j)) sums[1]++;
  H5Sclose(mine), H5Dclose(set), H5Fclose(file), H5Sclose(space);
  H5Pclose(access), H5Pclose(transfer);

  MPI_Reduce(sums, total, 2, MPI_LONG, MPI_SUM, 0, MPI_COMM_WORLD);
  if (rank == 0)
    printf("ranks=%d\nbytes=%lu\nfailed_calls=%ld\nmismatches=%ld\n", ranks,
           (unsigned long)(all[0] * all[1] * sizeof(double)), total[0], total[1]);
  free(data);
  MPI_Finalize();
  return 0;
}
