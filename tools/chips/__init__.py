"""Facts of accelerators and models, subject by subject; `derive_compute.py` writes them."""
