print("resize-worker")
