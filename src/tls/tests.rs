#[test]
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn a_certificate_is_a_sequence_of_the_length_that_it_says_and_begins_with_another() {
    let framed =
        |head: &[u8], length: usize, filler: u8| super::has_certificate_frame(&[head, &vec![filler; length]].concat());
    assert!(framed(&[0x30, 0x81, 200], 200, 0x30) && framed(&[0x30, 0x82, 1, 44], 300, 0x30));
    assert!(!framed(&[0x30, 0x81, 200], 199, 0x30) && !framed(&[0x30, 0x82, 1, 44], 301, 0x30));
    assert!(!framed(&[0x31, 0x82, 1, 44], 300, 0x30) && !framed(&[0x30, 0x82, 1, 44], 300, 0));
    assert!(!framed(&[], 0, 0));
}
