"""What every job stands on: errors, progress, pictures in and out, tiles, colour, folder queues, inference sessions."""

import os

# Since 1.29, ONNX Runtime reports its use to its maker unless told otherwise before it is imported. We work offline.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
