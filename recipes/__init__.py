"""What a user keeps and repeats: presets, and a whole folder painted with one."""
