"""The solver of linear programmes writes nothing where answers are written."""

import subprocess
import sys

SOLVE = """
import numpy as np
from gigawatt.power.highs import quiet
import highspy
highs = quiet()
lp = highspy.HighsLp()
lp.num_col_, lp.num_row_ = 1, 1
lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.ones(1), np.zeros(1), np.full(1, 9.0)
lp.row_lower_, lp.row_upper_ = np.full(1, 2.0), np.full(1, 9.0)
lp.a_matrix_.start_, lp.a_matrix_.index_ = np.array([0, 1]), np.array([0])
lp.a_matrix_.value_ = np.ones(1)
highs.passModel(lp)
highs.run()
print(highs.getInfo().objective_function_value)
"""


def test_the_first_solver_of_a_process_prints_nothing():
    done = subprocess.run([sys.executable, "-c", SOLVE], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("2.0\n", "")
