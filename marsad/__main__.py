"""`python -m marsad`: the command `marsad`."""

from marsad.cli import main

if __name__ == "__main__":
    main()
