# One short line.
print("ok")
