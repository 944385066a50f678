"""What every job stands on: errors, progress, pictures in and out, tiles, colour, folder queues, inference sessions."""
