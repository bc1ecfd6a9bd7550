# In a container that references the cluster: writes and reads keys of all shards, round after round, and prints how each went.
import json
import os
import time

from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import RedisError

password = os.environ["REDIS_PASSWORD"]
address = lambda text: (text.rsplit(":", 1)[0], int(text.rsplit(":", 1)[1]))
seeds = [ClusterNode(*address(node)) for node in os.environ["REDIS_NODES"].split(",")]
ways = dict(map(address, pair.split("=")) for pair in os.environ["REDIS_ADDRESSMAP"].split(","))
redis = RedisCluster(startup_nodes=seeds, password=password, socket_timeout=2, address_remap=lambda node: ways.get(node, node))  # redis-py

while True:
    result = {"failed": 0, "wrong": 0}
    try:
        for key in (f"redis-py:{number}" for number in range(500)):
            redis.set(key, f"value of {key}")
            result["wrong"] += redis.get(key) != f"value of {key}".encode()
    except (RedisError, OSError) as error:
        # The rest of the round would wait for the same node.
        result |= {"failed": 1, "error": str(error)}
    print(json.dumps(result, separators=(",", ":")), flush=True)
    time.sleep(0.2)
