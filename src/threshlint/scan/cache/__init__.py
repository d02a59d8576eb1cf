"""What earlier runs found out, kept beside the project: never a wrong answer, at worst none."""
