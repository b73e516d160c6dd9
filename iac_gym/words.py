"""Word lists from which names are drawn. Every pair joined by '-' is a DNS-1123 label."""

from __future__ import annotations

FIRST = tuple(
    """account alpha amber atlas audit basket beacon billing booking bravo cart catalog cedar
    checkout cobalt comet coral courier crimson delta desk echo ember falcon feed fleet forge
    gallery garden geo granite guest harbor hazel helix indigo invoice iris jade journal kiosk
    ledger legacy lily loyalty lunar maple market media mercury meteor mobile nimbus nova oak
    onyx orbit order partner pearl photo pilot pixel plaza portal prism profile quartz quote
    raven rental report river saffron sage scout shop signal silver solar stock studio summit
    survey tango ticket tidal topaz tracker travel tulip umbra vendor venus video violet vortex
    walnut wallet willow zephyr zinc""".split()
)

SECOND = tuple(
    """api app backend batch bot bridge broker cache cleaner cli collector console consumer cron
    daemon db dispatch edge engine exporter feeder fetcher front gate gateway grid handler hub
    importer index indexer ingest job jobs keeper loader logger mailer manager metrics mirror
    monitor node notifier panel parser planner poller portal producer proxy publisher puller
    queue reader relay render replica resolver router runner scanner scheduler search sender
    server service shard shipper sink site sorter stats store stream sync tasks tool tracker
    ui uploader vault viewer watcher web worker writer""".split()
)
