"""Where the sandbox's customers live: a city for each state, its postal codes, and the state's area codes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city; postal codes begin with `zip3`."""

    state: str
    city: str
    zip3: str
    area_codes: tuple[str, ...]


def _place(state: str, city: str, zip3: str, area_codes: str) -> Place:
    return Place(state, city, zip3, tuple(area_codes.split()))


PLACES: tuple[Place, ...] = (
    _place("AK", "Anchorage", "995", "907"),
    _place("AL", "Birmingham", "352", "205 251 256 334 659 938"),
    _place("AR", "Little Rock", "722", "327 479 501 870"),
    _place("AZ", "Phoenix", "850", "480 520 602 623 928"),
    _place(
        "CA",
        "Sacramento",
        "958",
        (
            "209 213 279 310 323 341 350 369 408 415 424 442 510 530 559 562 619 626 628 650 657 661 "
            "669 707 714 738 747 760 805 818 820 831 840 858 909 916 925 949 951"
        ),
    ),
    _place("CO", "Denver", "802", "303 719 720 748 970 983"),
    _place("CT", "Hartford", "061", "203 475 860 959"),
    _place("DC", "Washington", "200", "202 771"),
    _place("DE", "Wilmington", "198", "302"),
    _place(
        "FL",
        "Tampa",
        "336",
        "239 305 321 324 352 386 407 448 561 645 656 689 727 728 754 772 786 813 850 863 904 941 954",
    ),
    _place("GA", "Atlanta", "303", "229 404 470 478 678 706 762 770 912 943"),
    _place("HI", "Honolulu", "968", "808"),
    _place("IA", "Des Moines", "503", "319 515 563 641 712"),
    _place("ID", "Boise", "837", "208 986"),
    _place("IL", "Chicago", "606", "217 224 309 312 331 447 464 618 630 708 730 773 779 815 847 872"),
    _place("IN", "Indianapolis", "462", "219 260 317 463 574 765 812 930"),
    _place("KS", "Wichita", "672", "316 620 785 913"),
    _place("KY", "Louisville", "402", "270 364 502 606 859"),
    _place("LA", "Baton Rouge", "708", "225 318 337 504 985"),
    _place("MA", "Boston", "021", "339 351 413 508 617 774 781 857 978"),
    _place("MD", "Baltimore", "212", "227 240 301 410 443 667"),
    _place("ME", "Portland", "041", "207"),
    _place("MI", "Detroit", "482", "231 248 269 313 517 586 616 734 810 906 947 989"),
    _place("MN", "Minneapolis", "554", "218 320 507 612 651 763 952"),
    _place("MO", "Kansas City", "641", "235 314 417 557 573 636 660 816 975"),
    _place("MS", "Jackson", "392", "228 601 662 769"),
    _place("MT", "Billings", "591", "406"),
    _place("NC", "Charlotte", "282", "252 336 472 704 743 828 910 919 980 984"),
    _place("ND", "Fargo", "581", "701"),
    _place("NE", "Omaha", "681", "308 402 531"),
    _place("NH", "Manchester", "031", "603"),
    _place("NJ", "Newark", "071", "551 609 640 732 848 856 862 908 973"),
    _place("NM", "Albuquerque", "871", "505 575"),
    _place("NV", "Las Vegas", "891", "702 725 775"),
    _place(
        "NY", "Buffalo", "142", "212 315 329 332 347 363 516 518 585 607 631 646 680 716 718 838 845 914 917 929 934"
    ),
    _place("OH", "Columbus", "432", "216 220 234 283 326 330 380 419 440 513 567 614 740 937"),
    _place("OK", "Tulsa", "741", "405 539 572 580 918"),
    _place("OR", "Portland", "972", "458 503 541 971"),
    _place("PA", "Pittsburgh", "152", "215 223 267 272 412 445 484 570 582 610 717 724 814 835 878"),
    _place("RI", "Providence", "029", "401"),
    _place("SC", "Columbia", "292", "803 821 839 843 854 864"),
    _place("SD", "Sioux Falls", "571", "605"),
    _place("TN", "Nashville", "372", "423 615 629 731 865 901 931"),
    _place(
        "TX",
        "Dallas",
        "752",
        (
            "210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 915 "
            "936 940 945 956 972 979"
        ),
    ),
    _place("UT", "Salt Lake City", "841", "385 435 801"),
    _place("VA", "Richmond", "232", "276 434 540 571 686 703 757 804 826 948"),
    _place("VT", "Burlington", "054", "802"),
    _place("WA", "Seattle", "981", "206 253 360 425 509 564"),
    _place("WI", "Milwaukee", "532", "262 274 353 414 534 608 715 920"),
    _place("WV", "Charleston", "253", "304 681"),
    _place("WY", "Cheyenne", "820", "307"),
)

AREA_CODES: tuple[tuple[str, Place], ...] = tuple((code, place) for place in PLACES for code in place.area_codes)
