"""The rules of the gate, a file for each idea; `table.py` names them all."""
