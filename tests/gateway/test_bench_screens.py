from gateway.bench_screens import blocking_requests


def test_only_what_must_be_there_before_the_page_counts_as_blocking():
    assert not blocking_requests(
        '<style>a{}</style><script type="module" src="/a.js"></script><link rel="icon" href=x>'
    )
    assert not blocking_requests('<script defer src="/a.js"></script><script async src="/b.js"></script>')
    assert blocking_requests('<script src="/a.js"></script>') == ['<script src="/a.js">']
    assert blocking_requests('<link rel="stylesheet" href="/a.css">')
