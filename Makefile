# The same commands as `python3 run.py NAME`, for those who type `make`.
.PHONY: demo test lint bench setup
demo test lint bench setup:
	@python3 run.py $@
