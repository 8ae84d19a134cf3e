//! A second implementation of the journal's canonical form and hash. It follows RFC 8785, FIPS 180-4 and the formulas in
//! the comments of `src/domain/journal.rs`, and shares no code with the first. A fault of one of them shows as a
//! difference.

use serde_json::{Map, Value};

/// SHA-256 (FIPS 180-4), as plainly as it can be written.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    let primes: Vec<u64> = (2..312).filter(|n| (2..*n).all(|d| n % d != 0)).collect();
    assert_eq!(primes.len(), 64);
    let k: Vec<u32> = primes.iter().map(|p| root_bits(*p, 3)).collect();
    let mut h: Vec<u32> = primes[..8].iter().map(|p| root_bits(*p, 2)).collect();
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((u64::try_from(message.len()).unwrap() * 8).to_be_bytes());
    for block in padded.chunks_exact(64) {
        compress_block(&mut h, block, &k);
    }
    let bytes: Vec<u8> = h.iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.try_into().unwrap()
}

/// The first 32 bits of the fractional part of a root: where the constants of SHA-256 come from.
fn root_bits(n: u64, degree: u32) -> u32 {
    // The largest r with r^degree <= n * 2^(32 * degree) is the root times 2^32.
    let target = u128::from(n) << (32 * degree);
    let (mut low, mut high) = (0_u128, 1_u128 << 40);
    while low + 1 < high {
        let middle = u128::midpoint(low, high);
        if middle.pow(degree) <= target {
            low = middle;
        } else {
            high = middle;
        }
    }
    u32::try_from(low % (1 << 32)).unwrap()
}

fn compress_block(h: &mut [u32], block: &[u8], k: &[u32]) {
    let mut w: Vec<u32> =
        block.chunks_exact(4).map(|b| u32::from_be_bytes(b.try_into().unwrap())).collect();
    for t in 16..64 {
        let s0 = w[t - 15].rotate_right(7) ^ w[t - 15].rotate_right(18) ^ (w[t - 15] >> 3);
        let s1 = w[t - 2].rotate_right(17) ^ w[t - 2].rotate_right(19) ^ (w[t - 2] >> 10);
        w.push(w[t - 16].wrapping_add(s0).wrapping_add(w[t - 7]).wrapping_add(s1));
    }
    let mut s = h.to_vec();
    for t in 0..64 {
        let (a, e) = (s[0], s[4]);
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let choice = (e & s[5]) ^ (!e & s[6]);
        let t1 = s[7].wrapping_add(s1).wrapping_add(choice).wrapping_add(k[t]).wrapping_add(w[t]);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let majority = (a & s[1]) ^ (a & s[2]) ^ (s[1] & s[2]);
        s.rotate_right(1);
        s[4] = s[4].wrapping_add(t1);
        s[0] = t1.wrapping_add(s0).wrapping_add(majority);
    }
    for (word, add) in h.iter_mut().zip(s) {
        *word = word.wrapping_add(add);
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The canonical form of RFC 8785.
pub fn canonical_json(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Number(n) => canonical_number(n.as_f64().unwrap()),
        Value::String(s) => canonical_string(s),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical_json).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(members) => canonical_object(members),
    }
}

fn canonical_object(members: &Map<String, Value>) -> String {
    let mut members: Vec<(Vec<u16>, &String, &Value)> =
        members.iter().map(|(name, value)| (name.encode_utf16().collect(), name, value)).collect();
    members.sort_by(|a, b| a.0.cmp(&b.0));
    let members: Vec<String> = members
        .into_iter()
        .map(|(_, name, value)| format!("{}:{}", canonical_string(name), canonical_json(value)))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn canonical_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A number as ECMAScript writes it (ECMA-262, Number::toString): the shortest digits that read back as the same number.
fn canonical_number(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    if x < 0.0 {
        return format!("-{}", canonical_number(-x));
    }
    let scientific = format!("{x:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap();
    let digits = mantissa.replace('.', "");
    let k = i32::try_from(digits.len()).unwrap();
    let n = exponent.parse::<i32>().unwrap() + 1;
    let zeros = |count: i32| "0".repeat(usize::try_from(count).unwrap());
    let split = |at: i32| digits.split_at(usize::try_from(at).unwrap());
    if k <= n && n <= 21 {
        format!("{digits}{}", zeros(n - k))
    } else if 0 < n && n <= 21 {
        let (whole, part) = split(n);
        format!("{whole}.{part}")
    } else if -6 < n && n <= 0 {
        format!("0.{}{digits}", zeros(-n))
    } else {
        let sign = if n > 0 { '+' } else { '-' };
        let (first, rest) = split(1);
        let point = if rest.is_empty() { "" } else { "." };
        format!("{first}{point}{rest}e{sign}{}", (n - 1).abs())
    }
}

/// What `record_sha256` covers.
pub fn covered_text(reason: &Value, record: &Value) -> String {
    canonical_json(&serde_json::json!({ "reason": reason, "record": record }))
}

/// The hash of a row: "ascn-journal-1", a zero byte, the previous hash, the canonical row.
pub fn row_hash(previous: &[u8], row: &Value) -> [u8; 32] {
    let mut message = b"ascn-journal-1\0".to_vec();
    message.extend(previous);
    message.extend(canonical_json(row).as_bytes());
    sha256(&message)
}

#[test]
fn independent_hashing_matches_published_examples() {
    // FIPS 180-4, and RFC 8785 section 3.2.2 and appendix B.
    assert_eq!(
        hex(&sha256(b"")),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert_eq!(
        hex(&sha256(b"abc")),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(
        hex(&sha256(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    );
    let numbers = [
        (0x0000_0000_0000_0000_u64, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0x4340_0000_0000_0000, "9007199254740992"),
        (0x4430_0000_0000_0000, "295147905179352830000"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
    ];
    for (bits, expected) in numbers {
        assert_eq!(canonical_number(f64::from_bits(bits)), expected);
    }
    assert_eq!(canonical_string("\u{20ac}$\u{f}\nA'B\"\\\\\"/"), r#""€$\u000f\nA'B\"\\\\\"/""#);
}
