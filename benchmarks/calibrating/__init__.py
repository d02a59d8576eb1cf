"""Real texts under two real models, for benchmarks of calibration: texts -> vectors, nothing downloaded."""
