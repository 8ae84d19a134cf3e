//! The feed: what strangers may see, in order, from the first change on; and how it is waited for.

mod event_stream;
mod feed_replay;
mod feed_scope;
mod long_polling;

use serde_json::Value;

use crate::helpers::Caller;

/// Reads the whole feed, a page at a time, and says on the way that its numbers have no gaps for who reads everything.
async fn read_whole_feed(caller: &Caller<'_>, limit: usize) -> Vec<Value> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = caller.get(&format!("changes?after={after}&limit={limit}")).await.expect(200);
        let link = page.header("link").map(str::to_owned);
        let page = page.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit);
        all.extend(items.iter().cloned());
        after = page["next"].as_i64().unwrap();
        if page["caught_up"] == true {
            assert_eq!((after, link), (page["head"].as_i64().unwrap(), None));
            return all;
        }
        let next = format!("</api/v1/changes?after={after}&limit={limit}>; rel=\"next\"");
        assert_eq!(link, Some(next));
    }
}

/// The last number of the feed.
async fn feed_head(caller: &Caller<'_>) -> i64 {
    caller.get("changes?limit=1").await.expect(200).json()["head"].as_i64().unwrap()
}
