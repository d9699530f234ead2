"""The hand-made reading of the reference's free text on programmes and campuses: which number means what."""
