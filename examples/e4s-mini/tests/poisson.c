/* Solves -div grad u = f on the unit square with hypre (BoomerAMG as the preconditioner of CG) over
 * MPI. The solution is known, and the residual is computed here, not taken from the solver. */
#include <HYPRE.h>
#include <HYPRE_IJ_mv.h>
#include <HYPRE_krylov.h>
#include <HYPRE_parcsr_ls.h>
#include <math.h>
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 200 }; /* unknowns in one direction */

static double exact(int row) {
  const double h = 1.0 / (N + 1), pi = acos(-1.0);
  return sin(pi * h * (row % N + 1)) * sin(2 * pi * h * (row / N + 1));
}

/* One row of the five-point stencil; returns how many entries it has. */
static int stencil(int row, int *columns, double *values) {
  int count = 0, i = row % N, j = row / N;
  const int shift[4] = {-1, 1, -N, N};
  const int there[4] = {i > 0, i < N - 1, j > 0, j < N - 1};
  columns[count] = row, values[count++] = 4.0;
  for (int k = 0; k < 4; k++)
    if (there[k]) columns[count] = row + shift[k], values[count++] = -1.0;
  return count;
}

int main(int argc, char **argv) {
  MPI_Init(&argc, &argv);
  int rank, ranks;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  HYPRE_Init();
  const int total = N * N, lower = (int)((long)total * rank / ranks);
  const int upper = (int)((long)total * (rank + 1) / ranks) - 1, local = upper - lower + 1;

  HYPRE_IJMatrix A;
  HYPRE_IJVector b, x, r;
  HYPRE_IJMatrixCreate(MPI_COMM_WORLD, lower, upper, lower, upper, &A);
  HYPRE_IJMatrixSetObjectType(A, HYPRE_PARCSR);
  HYPRE_IJMatrixInitialize(A);
  HYPRE_IJVector *vectors[3] = {&b, &x, &r};
  for (int k = 0; k < 3; k++) {
    HYPRE_IJVectorCreate(MPI_COMM_WORLD, lower, upper, vectors[k]);
    HYPRE_IJVectorSetObjectType(*vectors[k], HYPRE_PARCSR);
    HYPRE_IJVectorInitialize(*vectors[k]);
  }
  double norm_b = 0;
  for (int row = lower; row <= upper; row++) {
    int columns[5];
    double values[5], right = 0, zero = 0;
    int count = stencil(row, columns, values);
    for (int k = 0; k < count; k++) right += values[k] * exact(columns[k]);
    HYPRE_IJMatrixSetValues(A, 1, &count, &row, columns, values);
    HYPRE_IJVectorSetValues(b, 1, &row, &right);
    HYPRE_IJVectorSetValues(r, 1, &row, &right);
    HYPRE_IJVectorSetValues(x, 1, &row, &zero);
    norm_b += right * right;
  }
  HYPRE_IJMatrixAssemble(A);
  HYPRE_ParCSRMatrix matrix;
  HYPRE_ParVector objects[3];
  HYPRE_IJMatrixGetObject(A, (void **)&matrix);
  for (int k = 0; k < 3; k++) {
    HYPRE_IJVectorAssemble(*vectors[k]);
    HYPRE_IJVectorGetObject(*vectors[k], (void **)&objects[k]);
  }

  HYPRE_Solver solver, amg;
  HYPRE_ParCSRPCGCreate(MPI_COMM_WORLD, &solver);
  HYPRE_PCGSetMaxIter(solver, 100);
  HYPRE_PCGSetTol(solver, 1e-12);
  HYPRE_PCGSetTwoNorm(solver, 1);
  HYPRE_BoomerAMGCreate(&amg);
  HYPRE_BoomerAMGSetMaxIter(amg, 1);
  HYPRE_BoomerAMGSetTol(amg, 0.0);
  HYPRE_BoomerAMGSetRelaxType(amg, 6);
  HYPRE_PCGSetPrecond(solver, (HYPRE_PtrToSolverFcn)HYPRE_BoomerAMGSolve,
                      (HYPRE_PtrToSolverFcn)HYPRE_BoomerAMGSetup, amg);
  HYPRE_ParCSRPCGSetup(solver, matrix, objects[0], objects[1]);
  HYPRE_ParCSRPCGSolve(solver, matrix, objects[0], objects[1]);
  int iterations;
  HYPRE_PCGGetNumIterations(solver, &iterations);

  /* r = b - A x, by hypre's product; then norms of r and of x - exact, by hand. */
  HYPRE_ParCSRMatrixMatvec(-1.0, matrix, objects[1], 1.0, objects[2]);
  double sums[3] = {0, 0, norm_b}, all[3];
  for (int row = lower; row <= upper; row++) {
    double got, rest;
    HYPRE_IJVectorGetValues(x, 1, &row, &got);
    HYPRE_IJVectorGetValues(r, 1, &row, &rest);
    sums[0] += rest * rest;
    sums[1] += (got - exact(row)) * (got - exact(row)) / total;
  }
  MPI_Allreduce(sums, all, 3, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
  int least;
  MPI_Allreduce(&local, &least, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
  if (rank == 0) {
    printf("ranks=%d\nunknowns=%d\nrows_of_smallest_rank=%d\n", ranks, total, least);
    printf("iterations=%d\nresidual=%.3e\nerror=%.3e\n", iterations, sqrt(all[0] / all[2]),
           sqrt(all[1]));
  }
  HYPRE_BoomerAMGDestroy(amg);
  HYPRE_ParCSRPCGDestroy(solver);
  for (int k = 0; k < 3; k++) HYPRE_IJVectorDestroy(*vectors[k]);
  HYPRE_IJMatrixDestroy(A);
  HYPRE_Finalize();
  MPI_Finalize();
  return 0;
}
