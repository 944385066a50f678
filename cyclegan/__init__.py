"""Unpaired picture-to-picture translation (Zhu et al., ICCV 2017), and enlargement by super-resolution."""
