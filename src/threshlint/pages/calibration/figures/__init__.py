"""The pictures of a calibration page; one file a picture."""
