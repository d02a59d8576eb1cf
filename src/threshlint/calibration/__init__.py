"""Paired scores -> a calibration map; an old threshold -> the new one, with honest intervals.

Usable without the linter; it needs numpy only.

    from threshlint.calibration import PAIRS, PairedSample, Space, fit

    sample = PairedSample(old=old_vectors, new=new_vectors)
    made = fit(sample, Space("minilm", 384), Space("bge-small-en-v1.5", 384))
    print(made.recalibrate(0.92, PAIRS))
"""
