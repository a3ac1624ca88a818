# One short line; other constants, one more step.
print("fine")
print(2 * 3)
